package ecsfixture

import (
	"testing"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/docker"
)

// BuildGoImage builds the main package in the directory pkg into an image
// named name, with the program as its entry point and nothing else in it. It
// needs the Go toolchain and a Docker engine, but no registry. An image that
// is up to date is kept.
func BuildGoImage(t testing.TB, pkg, name string) string {
	t.Helper()
	if err := docker.BuildGoImage(t.Context(), pkg, name); err != nil {
		t.Fatal("ecsfixture:", err)
	}
	return name
}
