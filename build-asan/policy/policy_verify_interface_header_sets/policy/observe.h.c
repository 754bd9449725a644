#include <policy/observe.h> // IWYU pragma: associated
