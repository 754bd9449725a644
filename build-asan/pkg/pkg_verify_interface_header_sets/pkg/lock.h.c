#include <pkg/lock.h> // IWYU pragma: associated
