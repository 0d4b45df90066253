package ecsfixture_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/docker"
)

// deaf is a script that doesn't listen to SIGTERM.
const deaf = `trap '' TERM; while :; do sleep 0.1; done`

// TestCloseRemovesEverything closes a fixture whose ten tasks would take 30
// seconds each to stop.
func TestCloseRemovesEverything(t *testing.T) {
	t.Parallel()
	const session = "ecsfixture-close-test"
	fx, err := ecsfixture.New(t.Context(), ecsfixture.WithDocker(docker.WithSession(session)))
	require.NoError(t, err)
	out, err := fx.ECS.RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{
		Family: aws.String("deaf"), NetworkMode: types.NetworkModeAwsvpc,
		Volumes: []types.Volume{{Name: aws.String("scratch")}},
		ContainerDefinitions: []types.ContainerDefinition{sh(t, "app", deaf, func(d *types.ContainerDefinition) {
			d.MountPoints = []types.MountPoint{{SourceVolume: aws.String("scratch"), ContainerPath: aws.String("/scratch")}}
		})},
	})
	require.NoError(t, err)
	tasks, err := fx.ECS.RunTask(t.Context(), &ecs.RunTaskInput{
		TaskDefinition: out.TaskDefinition.TaskDefinitionArn, Count: aws.Int32(10), NetworkConfiguration: inSubnet(),
	})
	require.NoError(t, err)
	for _, task := range tasks.Tasks {
		fx.WaitTaskRunning(t, *task.TaskArn)
	}
	assert.Equal(t, map[string]int{"container": 20, "network": 1, "volume": 10}, countKinds(t, session),
		"each task has its container, the holder of its network, and its volume")

	began := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	require.NoError(t, fx.Close(ctx))
	assert.Less(t, time.Since(began), 30*time.Second, "the stop timeouts are not waited for")
	assert.Empty(t, labelled(t, session))
	assert.NoError(t, fx.Close(ctx), "a second Close does nothing")
	_, err = http.Get(fx.URL)
	assert.Error(t, err, "nothing listens any more")
}

// countKinds counts what the engine has of a session by kind.
func countKinds(t *testing.T, session string) map[string]int {
	t.Helper()
	kinds := map[string]int{}
	for _, name := range labelled(t, session) {
		kind, _, _ := strings.Cut(name, " ")
		kinds[kind]++
	}
	return kinds
}

func inSubnet() *types.NetworkConfiguration {
	return &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{"subnet-1"}}}
}
