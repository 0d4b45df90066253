package ecsfixture_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestLinksOfTheDocumentation lead to files that are there: each row of the
// fidelity table to its test.
func TestLinksOfTheDocumentation(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)
	for _, page := range []string{"../README.md", "../CHANGELOG.md", "../CONTRIBUTING.md", "../docs/fidelity.md"} {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			_, err := os.Stat(filepath.Join(filepath.Dir(page), m[1]))
			assert.NoError(t, err, "%s links to %s", page, m[1])
		}
	}
	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	_, fidelity, _ := strings.Cut(string(readme), "## Fidelity")
	fidelity, _, _ = strings.Cut(fidelity, "\n## ")
	for _, row := range strings.Split(fidelity, "\n") {
		if strings.HasPrefix(row, "| ") && !strings.HasPrefix(row, "| subject") {
			assert.Contains(t, row, "_test.go)", "a row without its test: %s", row)
		}
	}
}
