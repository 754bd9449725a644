#include <pkg/edit.h> // IWYU pragma: associated
