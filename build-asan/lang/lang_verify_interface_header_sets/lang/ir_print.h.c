#include <lang/ir_print.h> // IWYU pragma: associated
