package main

import (
	"net"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
	"github.com/joho/godotenv"
)

// settings is what a node reads from its environment. The tags are the one list
// of names, defaults and which of them may come from a file (NAME_FILE).
type settings struct {
	APIID        apiID      `env:"TELEGRAM_API_ID,required"`
	APIHash      secret     `env:"TELEGRAM_API_HASH,required" file:"yes"`
	Channel      channelID  `env:"TELEGRAM_STORAGE_CHANNEL_ID,required"`
	BotToken     botToken   `env:"TELEGRAM_BOT_TOKEN,required" file:"yes"`
	HelperTokens botTokens  `env:"TELEGRAM_HELPER_BOT_TOKENS" file:"yes"`
	Concurrency  lanes      `env:"TELEGRAM_CLIENT_CONCURRENCY" envDefault:"8"`
	JWTSecret    jwtSecret  `env:"JWT_SECRET,required" file:"yes"`
	JWTPrevious  jwtSecret  `env:"JWT_SECRET_PREVIOUS" file:"yes"`
	DatabaseURL  sqliteURL  `env:"DATABASE_URL" file:"yes"`
	WebBase      origin     `env:"WEB_BASE_URL" envDefault:"http://localhost:8000"`
	AuthUsers    userIDs    `env:"AUTH_USERS"`
	AdminUsers   userIDs    `env:"ADMIN_USERS"`
	JWTMinutes   minutes    `env:"JWT_EXPIRY_MINUTES" envDefault:"15"`
	Host         string     `env:"SERVER_HOST" envDefault:"0.0.0.0"`
	Port         port       `env:"SERVER_PORT"`
	PaaSPort     port       `env:"PORT"`
	DataDir      string     `env:"DATA_DIR" envDefault:"./data"`
	CacheMemory  byteSize   `env:"CACHE_MEMORY"`
	Proxies      prefixes   `env:"TRUSTED_PROXIES"`
	Origins      origins    `env:"CORS_ORIGINS"`
	LegacyApps   legacyApps `env:"LEGACY_APPS" envDefault:"code"`
	DC           dcAddress  `env:"TELEGRAM_DC_ADDR"`
	PublicKey    publicKeys `env:"TELEGRAM_PUBLIC_KEY_FILE"`
	LogLevel     logLevel   `env:"LOG_LEVEL" envDefault:"info"`
	LogFormat    logFormat  `env:"LOG_FORMAT" envDefault:"text"`
}

// ours are the beginnings of names that only TelePlay would have: one that is
// unknown is a slip of the pen.
var ours = []string{"TELEGRAM_", "JWT_", "CACHE_", "CLUSTER_", "AUTH_", "ADMIN_", "SERVER_", "WEB_BASE_"}

// readSettings reads the environment, then .env in dir for what it lacks. All
// faults come at once, by name and reason and never by value; warnings do not stop
// the start.
func readSettings(environ []string, dir string) (s settings, warnings, faults []string) {
	vars, faults := gather(environ, dir)
	known := map[string]string{} // field → name
	names := map[string]bool{}   // all that may be set
	for f := range reflect.TypeFor[settings]().Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("env"), ",")
		known[f.Name], names[name] = name, true
		if f.Tag.Get("file") != "" {
			names[name+"_FILE"] = true
			faults = append(faults, fromFile(vars, name)...)
		} else if _, set := vars[name+"_FILE"]; set {
			names[name+"_FILE"] = true
			faults = append(faults, name+"_FILE is set, but only secrets are read from files: set "+name)
		}
	}
	if _, set := vars["SERVER_PORT"]; set {
		delete(vars, "PORT")
	}
	err := env.ParseWithOptions(&s, env.Options{Environment: vars})
	faults = append(faults, explain(err, known)...)
	faults = append(faults, s.across(vars)...)
	for name := range vars {
		if slices.ContainsFunc(ours, func(p string) bool { return strings.HasPrefix(name, p) }) && !names[name] {
			warnings = append(warnings, name+" is set, but this version has no such setting")
		}
	}
	if s.JWTMinutes.cut {
		warnings = append(warnings, "JWT_EXPIRY_MINUTES is cut to 1440")
	}
	if len(s.AuthUsers) == 0 {
		warnings = append(warnings, "AUTH_USERS is empty: everybody who finds the bot may use this library")
	}
	slices.Sort(warnings)
	slices.Sort(faults)
	return s, warnings, slices.Compact(faults)
}

// gather merges environment and .env; a blank value counts as unset.
func gather(environ []string, dir string) (vars map[string]string, faults []string) {
	vars, err := godotenv.Read(filepath.Join(dir, ".env"))
	if vars == nil {
		vars = map[string]string{}
	}
	if err != nil && !os.IsNotExist(err) {
		faults = append(faults, ".env cannot be read: check its lines, each NAME=value")
	}
	for _, e := range environ {
		if name, value, ok := strings.Cut(e, "="); ok {
			vars[name] = value
		}
	}
	for name, value := range vars {
		if strings.TrimSpace(value) == "" {
			delete(vars, name)
		}
	}
	return vars, faults
}

// fromFile replaces NAME_FILE by NAME with the file's content, one newline at its
// end cut.
func fromFile(vars map[string]string, name string) []string {
	file, ok := vars[name+"_FILE"]
	if !ok {
		return nil
	}
	if _, both := vars[name]; both {
		return []string{name + " and " + name + "_FILE are both set: keep one"}
	}
	b, err := os.ReadFile(file)
	if err != nil {
		vars[name] = "" // named once, not as missing too
		return []string{name + "_FILE names a file that cannot be read"}
	}
	value := strings.TrimSuffix(strings.TrimSuffix(string(b), "\n"), "\r")
	if value == "" {
		return []string{name + "_FILE names an empty file"}
	}
	vars[name] = value
	return nil
}

// explain turns the reader's errors into lines of name and reason.
func explain(err error, known map[string]string) (faults []string) {
	if err == nil {
		return nil
	}
	list := []error{err}
	if many, ok := err.(env.AggregateError); ok {
		list = many.Errors
	}
	for _, err := range list {
		switch e := err.(type) {
		case env.ParseError:
			faults = append(faults, known[e.Name]+" "+reasonOf(e.Err))
		case env.VarIsNotSetError:
			faults = append(faults, e.Key+" is missing: "+purpose[e.Key])
		case env.EmptyVarError:
			faults = append(faults, e.Key+" is empty")
		default:
			faults = append(faults, "a setting cannot be read")
		}
	}
	return faults
}

// purpose says where the required values come from.
var purpose = map[string]string{
	"TELEGRAM_API_ID":             "the number that my.telegram.org shows under API development tools",
	"TELEGRAM_API_HASH":           "the hash that my.telegram.org shows under API development tools",
	"TELEGRAM_STORAGE_CHANNEL_ID": "the private channel that keeps the files, like -1001234567890",
	"TELEGRAM_BOT_TOKEN":          "the token that @BotFather gives for the bot",
	"JWT_SECRET":                  "at least 32 random bytes, for example from: openssl rand -hex 32",
}

// across checks what only several settings together can say.
func (s *settings) across(vars map[string]string) (faults []string) {
	_, dc := vars["TELEGRAM_DC_ADDR"]
	_, key := vars["TELEGRAM_PUBLIC_KEY_FILE"]
	if dc != key {
		faults = append(faults, "TELEGRAM_DC_ADDR and TELEGRAM_PUBLIC_KEY_FILE go together: set both or neither")
	}
	if s.BotToken != "" && slices.ContainsFunc(s.HelperTokens, func(t botToken) bool { return t.bot() == s.BotToken.bot() }) {
		faults = append(faults, "TELEGRAM_HELPER_BOT_TOKENS repeats the main bot: helpers are other bots")
	}
	return faults
}

// address is where the node listens.
func (s *settings) address() string {
	p := s.Port
	if p == 0 {
		p = s.PaaSPort
	}
	if p == 0 {
		p = 8000
	}
	return net.JoinHostPort(s.Host, strconv.Itoa(int(p)))
}

// database is the catalog's URL; by default a file in the data directory.
func (s *settings) database() string {
	if s.DatabaseURL != "" {
		return string(s.DatabaseURL)
	}
	return "sqlite:///" + filepath.Join(s.DataDir, "teleplay.db")
}

// accessLife is how long an access token is good.
func (s *settings) accessLife() time.Duration { return time.Duration(s.JWTMinutes.n) * time.Minute }
