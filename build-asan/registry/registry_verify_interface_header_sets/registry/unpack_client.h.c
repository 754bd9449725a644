#include <registry/unpack_client.h> // IWYU pragma: associated
