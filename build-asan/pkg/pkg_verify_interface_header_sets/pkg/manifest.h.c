#include <pkg/manifest.h> // IWYU pragma: associated
