/* SPDX-License-Identifier: MIT */
/* An archive of a registry that is to be downloaded; open.h does it. */
#ifndef REGISTRY_CLIENT_DOWNLOAD_H
#define REGISTRY_CLIENT_DOWNLOAD_H

/** One archive to download. Everything borrowed. */
struct client_download {
	const char *name, *version;
	const char *sha256; /* that it must have */
	int dest_fd;        /* takes the bytes */
};

#endif
