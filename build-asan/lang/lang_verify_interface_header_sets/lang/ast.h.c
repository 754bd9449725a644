#include <lang/ast.h> // IWYU pragma: associated
