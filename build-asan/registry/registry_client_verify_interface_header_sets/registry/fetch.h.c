#include <registry/fetch.h> // IWYU pragma: associated
