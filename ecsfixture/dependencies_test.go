package ecsfixture_test

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const module = "github.com/ecsfixture/ecsfixture-go/"

// imports lists what a package needs, directly and indirectly.
func imports(t *testing.T, pkg string) []string {
	t.Helper()
	out, err := exec.Command("go", "list", "-deps", module+pkg).Output()
	require.NoError(t, err)
	return strings.Fields(string(out))
}

// TestImportsRunOneWay keeps the control plane from knowing an engine, and
// the vocabulary from knowing anything.
func TestImportsRunOneWay(t *testing.T) {
	for _, pkg := range []string{"ecsfixture/server", "ecsfixture/secrets", "ecsfixture/logs", "ecsfixture/events", "ecsfixture/agent", "ecsfixture/runtime/simulated", "ecsfixture/internal/awsjson"} {
		for _, dep := range imports(t, pkg) {
			assert.NotRegexp(t, `testcontainers|moby/|docker/`, dep, pkg)
		}
	}
	for _, dep := range imports(t, "ecsfixture/runtime") {
		first, _, _ := strings.Cut(dep, "/")
		assert.False(t, strings.Contains(first, ".") && dep != module+"ecsfixture/runtime", "ecsfixture/runtime imports %s", dep)
	}
}

// budget is what go.mod may require directly; each has earned its place.
var budget = []string{
	"github.com/alecthomas/kong",           // cmd/ecsfixture
	"github.com/aws/aws-sdk-go-v2",         // the types and clients that the fixture speaks
	"github.com/aws/smithy-go",             // their schemas
	"github.com/containerd/errdefs",        // the engine's errors
	"github.com/google/uuid",               // ids in AWS's form
	"github.com/moby/docker-image-spec",    // an image as the engine describes it
	"github.com/moby/moby",                 // the engine's API
	"github.com/moby/docker-image-spec",    // what it tells of an image
	"github.com/testcontainers",            // containers
	"github.com/stretchr/testify",          // tests
	"go.uber.org/goleak",                   // leaks
	"golang.org/x/sync",                    // groups of goroutines
	"golang.org/x/sys",                     // cmd/ecsfixture: whose terminal it is
	"go.yaml.in/yaml/v3",                   // its seed files; testify brings it anyway
	"github.com/opencontainers/image-spec", // platforms of images
}

func TestDependenciesStayWithinTheirBudget(t *testing.T) {
	mod, err := os.ReadFile("../go.mod")
	require.NoError(t, err)
	for _, m := range regexp.MustCompile(`(?m)^\t(\S+) v\S+$`).FindAllStringSubmatch(string(mod), -1) {
		ok := false
		for _, allowed := range budget {
			ok = ok || m[1] == allowed || strings.HasPrefix(m[1], allowed+"/")
		}
		assert.True(t, ok, "%s is not in the budget", m[1])
	}
}
