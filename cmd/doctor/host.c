/* SPDX-License-Identifier: MIT */
/* What host this is, and how things are installed and changed on it. */
#include "cmd/doctor/host.h"

#include "base/file.h"
#include "cmd/doctor/list.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SYSCTL_FILE "/etc/sysctl.d/99-x07.conf"

/* Words of ID and ID_LIKE in /etc/os-release, and what to call there. */
enum family { FAMILY_APT, FAMILY_DNF, FAMILY_APK, FAMILY_OTHER };
static const struct {
	const char *id;
	enum family family;
} families[] = {
    {"debian", FAMILY_APT},
    {"ubuntu", FAMILY_APT},
    {"fedora", FAMILY_DNF},
    {"rhel", FAMILY_DNF},
    {"centos", FAMILY_DNF},
    {"alpine", FAMILY_APK},
};

static bool has_word(const char *words, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = words; (at = strstr(at, word)) != NULL; at += len) {
		bool starts = at == words || at[-1] == ' ';

		if (starts && (at[len] == ' ' || at[len] == '\0'))
			return true;
	}
	return false;
}

static enum family family_of(const struct doctor_host *h)
{
	for (size_t i = 0; i < ARRAY_LEN(families); i++) {
		if (strcmp(h->id, families[i].id) == 0)
			return families[i].family;
	}
	for (size_t i = 0; i < ARRAY_LEN(families); i++) {
		if (has_word(h->id_like, families[i].id))
			return families[i].family;
	}
	return FAMILY_OTHER;
}

/* The value of `KEY=value` or `KEY="value"` in the text, owned; "" when it is not there. */
static char *release_value(const char *text, const char *key)
{
	size_t len = strlen(key);

	for (const char *line = text; line != NULL && *line != '\0';) {
		if (strncmp(line, key, len) == 0 && line[len] == '=') {
			const char *value = line + len + 1;
			size_t quote = strspn(value, "\"'");

			return strndup(value + quote, strcspn(value + quote, "\"'\n"));
		}
		line = strchr(line, '\n');
		line += line != NULL;
	}
	return base_strdup("");
}

bool doctor_read_line(char *out, size_t size, const char *path)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, out, size - 1);

	if (n <= 0)
		return false;
	out[n] = '\0';
	out[strcspn(out, "\n")] = '\0';
	return out[0] != '\0';
}

static const char *find_container(void)
{
	static const struct {
		const char *path, *name;
	} marks[] = {
	    {"/.dockerenv", "docker"},
	    {"/run/.containerenv", "podman"},
	    {"/run/systemd/container", "a container"},
	    {"/dev/lxc", "lxc"},
	};
	const char *named = getenv("container");

	for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
		if (access(marks[i].path, F_OK) == 0)
			return marks[i].name;
	}
	return named != NULL && *named != '\0' ? "a container" : NULL;
}

void doctor_host_find(struct doctor_host *out)
{
	CLEANUP(buf_clear) struct buf text = buf_init(65536);
	struct err ignored = {0};
	char version[512];

	if (file_read(&text, "/etc/os-release", &ignored) < 0 &&
	    file_read(&text, "/usr/lib/os-release", &ignored) < 0)
		buf_puts(&text, "\n");
	buf_putc(&text, '\0');
	out->id = release_value(text.data, "ID");
	out->id_like = release_value(text.data, "ID_LIKE");
	out->container = find_container();
	out->wsl = getenv("WSL_DISTRO_NAME") != NULL ||
		   (doctor_read_line(version, sizeof(version), "/proc/version") &&
		       strcasestr(version, "microsoft") != NULL);
	out->root = geteuid() == 0;
	out->systemd = access("/run/systemd/system", F_OK) == 0;
}

void doctor_host_clear(struct doctor_host *host)
{
	base_free_ptr(&host->id);
	base_free_ptr(&host->id_like);
}

/* What makes a command an administrator's. */
static const char *as_root(const struct doctor_host *h)
{
	if (h->root)
		return "";
	return family_of(h) == FAMILY_APK ? "doas " : "sudo ";
}

void doctor_fix_install(struct doctor_line *l, const struct doctor_host *h, const char *apt,
    const char *dnf, const char *apk)
{
	switch (family_of(h)) {
	case FAMILY_APT:
		doctor_fix(l, "%sapt-get install %s", as_root(h), apt);
		break;
	case FAMILY_DNF:
		doctor_fix(l, "%sdnf install %s", as_root(h), dnf);
		break;
	case FAMILY_APK:
		doctor_fix(l, "%sapk add %s", as_root(h), apk);
		break;
	case FAMILY_OTHER:
		doctor_fix(l, "install what Debian calls %s", apt);
		break;
	}
}

void doctor_fix_sysctl(struct doctor_line *l, const struct doctor_host *h, const char *setting)
{
	doctor_fix(l, "%secho %s | %stee " SYSCTL_FILE " && %ssysctl -p " SYSCTL_FILE,
	    h->container != NULL ? "on the host of the container: " : "", setting, as_root(h),
	    as_root(h));
}

void doctor_fix_boot(struct doctor_line *l, const struct doctor_host *h, const char *parameter)
{
	switch (family_of(h)) {
	case FAMILY_DNF:
		doctor_fix(l, "%sgrubby --update-kernel=ALL --args=%s, then reboot", as_root(h),
		    parameter);
		break;
	case FAMILY_APK:
		doctor_fix(l,
		    "add %s to default_kernel_opts in /etc/update-extlinux.conf, run "
		    "`%supdate-extlinux`, reboot",
		    parameter, as_root(h));
		break;
	case FAMILY_APT:
		doctor_fix(l,
		    "add %s to GRUB_CMDLINE_LINUX in /etc/default/grub, run `%supdate-grub`, "
		    "reboot",
		    parameter, as_root(h));
		break;
	case FAMILY_OTHER:
		doctor_fix(l, "add %s to the kernel's command line and reboot", parameter);
		break;
	}
}
