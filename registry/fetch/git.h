/* SPDX-License-Identifier: MIT */
/* The mode "git" of x07-fetch (registry/fetch/main.c). */
#ifndef REGISTRY_FETCH_GIT_H
#define REGISTRY_FETCH_GIT_H

#include "base/err.h"

/** Serve git requests with libgit2, one after the other. @return as fetch_http_serve. */
MUST_CHECK int fetch_git_serve(int sock, struct err *err);

#endif
