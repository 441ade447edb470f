package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// complete are settings without a fault.
func complete() map[string]string {
	return map[string]string{
		"TELEGRAM_API_ID": "1", "TELEGRAM_API_HASH": "hash", "TELEGRAM_STORAGE_CHANNEL_ID": "-1001700000001",
		"TELEGRAM_BOT_TOKEN": "7000001:AAAAAAAAAAAAAAAA", "JWT_SECRET": strings.Repeat("k", 32), "AUTH_USERS": "1",
	}
}

func environ(m map[string]string) (list []string) {
	for k, v := range m {
		list = append(list, k+"="+v)
	}
	return list
}

func TestSettingsThatAreRefused(t *testing.T) {
	for _, c := range []struct{ name, value, want string }{
		{"TELEGRAM_API_ID", "", "is missing"},
		{"TELEGRAM_API_ID", "abc", "is not a number"},
		{"TELEGRAM_API_HASH", "  ", "is missing"},
		{"TELEGRAM_STORAGE_CHANNEL_ID", "123", "starts with -100"},
		{"TELEGRAM_STORAGE_CHANNEL_ID", "-100", "starts with -100"},
		{"TELEGRAM_BOT_TOKEN", "hello", "@BotFather"},
		{"TELEGRAM_HELPER_BOT_TOKENS", "7000002:BBBBBBBBBBBB,7000002:BBBBBBBBBBBB", "twice"},
		{"TELEGRAM_HELPER_BOT_TOKENS", "7000001:AAAAAAAAAAAAAAAA", "main bot"},
		{"TELEGRAM_HELPER_BOT_TOKENS", "7000001:an-older-token-of-it", "main bot"},
		{"TELEGRAM_HELPER_BOT_TOKENS", "7000002:BBBBBBBBBBBB,7000002:CCCCCCCCCCCC", "twice"},
		{"AUTH_USERS_FILE", "/run/secrets/users", "only secrets"},
		{"TELEGRAM_HELPER_BOT_TOKENS", "7000002:BBBBBBBBBBBB,", "not a bot's token"},
		{"JWT_SECRET", "short-secret-value", "shorter than 32"},
		{"JWT_SECRET", "change-me-in-production", "everybody knows"},
		{"JWT_SECRET", "your-super-secret-key-change-this-now-please", "everybody knows"},
		{"DATABASE_URL", "mysql://x", "sqlite:///"},
		{"WEB_BASE_URL", "films.home.arpa", "origin"},
		{"WEB_BASE_URL", "https://films.home.arpa/app", "origin"},
		{"AUTH_USERS", "1,x", "entry"},
		{"AUTH_USERS", "1;2", "entry"},
		{"AUTH_USERS", "0", "entry"},
		{"SERVER_PORT", "70000", "port"},
		{"CACHE_MEMORY", "lots", "size"},
		{"CACHE_MEMORY", "1KiB", "below"},
		{"TRUSTED_PROXIES", "10.0.0.1", "network"},
		{"TELEGRAM_DC_ADDR", "2=127.0.0.1:1", "go together"},
		{"TELEGRAM_DC_ADDR", "nowhere", "ID=HOST:PORT"},
		{"LOG_LEVEL", "loud", "debug"},
		{"LEGACY_APPS", "url-token", "code"},
	} {
		t.Run(c.name+" "+c.value, func(t *testing.T) {
			m := complete()
			m[c.name] = c.value
			_, _, faults := readSettings(environ(m), t.TempDir())
			all := strings.Join(faults, "\n")
			if len(faults) == 0 || !strings.Contains(all, c.name) || !strings.Contains(all, c.want) {
				t.Errorf("faults %q, want %s with %q", faults, c.name, c.want)
			}
			if v := strings.TrimSpace(c.value); len(v) > 6 && strings.Contains(all, v) {
				t.Errorf("the value is printed: %q", faults)
			}
		})
	}
}

func TestAddresses(t *testing.T) {
	for _, c := range []struct{ host, port, paas, want string }{
		{"", "", "", "0.0.0.0:8000"}, {"::1", "9000", "", "[::1]:9000"}, {"127.0.0.1", "", "9100", "127.0.0.1:9100"},
		{"127.0.0.1", "9000", "not a port", "127.0.0.1:9000"},
	} {
		m := complete()
		m["SERVER_HOST"], m["SERVER_PORT"], m["PORT"] = c.host, c.port, c.paas
		s, _, faults := readSettings(environ(m), t.TempDir())
		if len(faults) != 0 || s.address() != c.want {
			t.Errorf("%+v: %s, %q", c, s.address(), faults)
		}
	}
}

func TestAllFaultsAtOnce(t *testing.T) {
	status, _, stderr := runHere(t, []string{"AUTH_USERS=bad-entry", "JWT_SECRET=tiny"}, "serve")
	if status != 2 {
		t.Errorf("status %d, want 2", status)
	}
	for _, name := range []string{"TELEGRAM_API_ID", "TELEGRAM_API_HASH", "TELEGRAM_STORAGE_CHANNEL_ID", "TELEGRAM_BOT_TOKEN", "JWT_SECRET", "AUTH_USERS"} {
		if !strings.Contains(stderr, name) {
			t.Errorf("%s is not named in:\n%s", name, stderr)
		}
	}
	if strings.Contains(stderr, "bad-entry") || strings.Contains(stderr, "tiny") {
		t.Errorf("a value is printed:\n%s", stderr)
	}
}

func TestCompleteSettings(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, ".env"), []byte("SERVER_PORT=9000\nWEB_BASE_URL=https://films.example.org/\nTELEGRAM_API_ID=5\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	m := complete()
	m["CACHE_MEMORY"] = "2GiB"
	m["JWT_EXPIRY_MINUTES"] = "10080"
	m["TELEGRAM_TYPO"] = "x"
	s, warnings, faults := readSettings(environ(m), dir)
	if len(faults) != 0 {
		t.Fatalf("faults %q", faults)
	}
	if s.address() != "0.0.0.0:9000" || s.WebBase != "https://films.example.org" || s.APIID != 1 || s.CacheMemory != 2<<30 || s.JWTMinutes.n != 1440 {
		t.Errorf("read %+v", s)
	}
	if all := strings.Join(warnings, "\n"); !strings.Contains(all, "TELEGRAM_TYPO") || !strings.Contains(all, "1440") || len(warnings) != 2 {
		t.Errorf("warnings %q", warnings)
	}
	delete(m, "AUTH_USERS")
	if _, warnings, _ := readSettings(environ(m), dir); len(warnings) != 3 {
		t.Errorf("an open library goes without a warning: %q", warnings)
	}
}

func TestSecretsFromFiles(t *testing.T) {
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte(strings.Repeat("s", 40)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	m := complete()
	delete(m, "JWT_SECRET")
	m["JWT_SECRET_FILE"] = file
	s, warnings, faults := readSettings(environ(m), t.TempDir())
	if len(faults)+len(warnings) != 0 || string(s.JWTSecret) != strings.Repeat("s", 40) {
		t.Errorf("read %d bytes; warnings %q, faults %q", len(s.JWTSecret), warnings, faults)
	}
	m["JWT_SECRET"] = strings.Repeat("k", 32)
	if _, _, faults := readSettings(environ(m), t.TempDir()); len(faults) != 1 || !strings.Contains(faults[0], "keep one") {
		t.Errorf("both set: %q", faults)
	}
	delete(m, "JWT_SECRET")
	m["JWT_SECRET_FILE"] = file + ".missing"
	if _, _, faults := readSettings(environ(m), t.TempDir()); len(faults) != 1 || !strings.Contains(faults[0], "cannot be read") {
		t.Errorf("missing file: %q", faults)
	}
}

func TestSecretsDoNotPrint(t *testing.T) {
	m := complete()
	s, _, _ := readSettings(environ(m), t.TempDir())
	var b strings.Builder
	newLog(&b, 0, "text").Info("x", "a", s.JWTSecret, "b", s.BotToken, "c", s.APIHash)
	for _, v := range []string{m["JWT_SECRET"], m["TELEGRAM_BOT_TOKEN"], "=hash"} {
		if strings.Contains(b.String(), v) {
			t.Errorf("the log shows a secret: %s", b.String())
		}
	}
}
