#include <pkg/init.h> // IWYU pragma: associated
