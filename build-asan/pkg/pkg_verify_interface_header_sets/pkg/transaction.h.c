#include <pkg/transaction.h> // IWYU pragma: associated
