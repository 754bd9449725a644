#include <pkg/require.h> // IWYU pragma: associated
