#include <pkg/tree.h> // IWYU pragma: associated
