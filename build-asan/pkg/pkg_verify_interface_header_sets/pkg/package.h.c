#include <pkg/package.h> // IWYU pragma: associated
