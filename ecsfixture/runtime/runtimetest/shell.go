package runtimetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// Shell is the harness of a runtime with real containers. The image needs a
// POSIX shell at sh and no entry point; busybox is one.
func Shell(newRuntime func(testing.TB) runtime.Runtime, image string) Harness {
	return Harness{
		New:     newRuntime,
		Spec:    func(b Behavior) runtime.ContainerSpec { return shellSpec(b, image) },
		NoImage: "ecsfixture.invalid/missing:none", // RFC 6761: never resolves
	}
}

// programs are the behaviours in shell. A sleep in the background lets wait
// hear the signal at once.
var programs = map[Behavior]string{
	Prints:     `echo "out 1"; echo "err 1" >&2; echo "out 2"; exit 3`,
	PrintsMany: fmt.Sprintf(`i=0; while [ $i -lt %d ]; do i=$((i+1)); echo "line $i"; done`, manyLines),
	Obeys:      `trap 'echo bye; exit 7' TERM; echo ready; while :; do sleep 1000 & wait $!; done`,
	Ignores:    `trap '' TERM; echo ready; while :; do sleep 1000; done`,
	Sickens:    `trap 'exit 7' TERM; while :; do sleep 1000 & wait $!; done`,
}

// sickens passes twice, then fails.
const sickens = `n=$(cat /tmp/n 2>/dev/null || echo 0); echo $((n+1)) >/tmp/n; [ $n -lt 2 ]`

func shellSpec(b Behavior, image string) runtime.ContainerSpec {
	spec := runtime.ContainerSpec{Image: image, Command: []string{"sh", "-c", programs[b]}}
	switch b {
	case BadCommand:
		spec.Command = []string{"/no/such/program"}
	case Sickens:
		spec.Health = &runtime.HealthCheck{
			Command:  []string{"CMD-SHELL", sickens},
			Interval: 200 * time.Millisecond, Timeout: 30 * time.Second, Retries: 1,
		}
	}
	return spec
}
