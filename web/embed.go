// Package web carries the built web app inside the program. The app itself is
// TypeScript under src; `npm run build` puts its build into dist before the Go
// build, and without one the package compiles with an empty app.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Files returns the build: index.html at its root, hashed files under assets.
func Files() fs.FS {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // only an invalid path, and "dist" is a valid one
	}
	return files
}
