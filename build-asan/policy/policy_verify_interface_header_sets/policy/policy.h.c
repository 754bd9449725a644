#include <policy/policy.h> // IWYU pragma: associated
