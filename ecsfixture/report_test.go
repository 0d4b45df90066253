package ecsfixture_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/logs"
)

// say is a script that prints what commands print, each on a line of its own
// after its key. Lines are joined by blanks.
func say(keysAndCommands ...string) string {
	var script strings.Builder
	for i := 0; i < len(keysAndCommands); i += 2 {
		fmt.Fprintf(&script, "printf '%s=%%s\\n' \"$(%s)\";", keysAndCommands[i], joined(keysAndCommands[i+1]))
	}
	return script.String()
}

func joined(command string) string {
	return "{ " + command + "; } 2>&1 | tr -s ' \\t\\r\\n' ' ' | sed 's/^ //;s/ $//'"
}

// said is what a container printed by way of say, by key.
func said(fx *ecsfixture.Fixture, arn, container string) map[string]string {
	values := map[string]string{}
	for line := range strings.Lines(fx.Logs.Text(logs.Task(arn), logs.Container(container))) {
		key, value, _ := strings.Cut(strings.TrimRight(line, "\r\n"), "=")
		values[key] = value
	}
	return values
}

// patience bounds the waits for what should be quick.
const patience = time.Minute

// slow reports whether tests that take minutes are asked for, as make slow
// does.
func slow() bool { return os.Getenv("ECSFIXTURE_SLOW") != "" }

// registerWith registers containers with more than they alone.
func registerWith(t testing.TB, fx *ecsfixture.Fixture, change func(*ecs.RegisterTaskDefinitionInput), containers ...types.ContainerDefinition) string {
	t.Helper()
	in := &ecs.RegisterTaskDefinitionInput{
		Family: aws.String("test"), ExecutionRoleArn: aws.String(executionRole), ContainerDefinitions: containers,
	}
	change(in)
	out, err := fx.ECS.RegisterTaskDefinition(t.Context(), in)
	require.NoError(t, err)
	return *out.TaskDefinition.TaskDefinitionArn
}
