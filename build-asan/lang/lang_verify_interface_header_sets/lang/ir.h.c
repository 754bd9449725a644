#include <lang/ir.h> // IWYU pragma: associated
