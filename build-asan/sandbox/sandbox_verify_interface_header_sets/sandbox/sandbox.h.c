#include <sandbox/sandbox.h> // IWYU pragma: associated
