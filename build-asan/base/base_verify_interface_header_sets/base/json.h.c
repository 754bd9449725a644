#include <base/json.h> // IWYU pragma: associated
