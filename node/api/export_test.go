package api

var (
	ParseRange  = parseRange
	MediaType   = mediaType
	Disposition = disposition
)

const (
	WholeFile     = wholeFile
	PartOfFile    = partOfFile
	BeyondTheFile = beyondTheFile
)

// Served lists "METHOD path" of every route.
func Served() []string {
	var out []string
	for _, r := range New(Options{}).routes() {
		for _, p := range r.paths {
			out = append(out, r.method+" "+p)
		}
	}
	return out
}
