#include <pkg/plan.h> // IWYU pragma: associated
