#include <pkg/version.h> // IWYU pragma: associated
