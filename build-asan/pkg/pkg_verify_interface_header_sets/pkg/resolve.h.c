#include <pkg/resolve.h> // IWYU pragma: associated
