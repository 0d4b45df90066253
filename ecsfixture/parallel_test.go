package ecsfixture_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	smtypes "github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
)

// forever is a script that goes on until it is asked to stop.
const forever = `trap 'exit 0' TERM; while :; do sleep 0.1; done`

// TestFixturesDoNotSeeEachOther runs 20 tasks in each of two fixtures at once.
func TestFixturesDoNotSeeEachOther(t *testing.T) {
	t.Parallel()
	names := []string{"red", "blue"}
	var fixtures [2]*ecsfixture.Fixture
	var arns [2][]string
	var wg sync.WaitGroup
	for i, name := range names {
		fixtures[i] = ecsfixture.Start(t)
		wg.Go(func() { arns[i] = twenty(t, fixtures[i], name) })
	}
	wg.Wait()
	for i := range names {
		seesOnly(t, fixtures[i], names[i], arns[i])
		notKnown(t, fixtures[i], names[1-i], arns[1-i][0])
	}
	assert.NotEqual(t, fixtures[0].URL, fixtures[1].URL)
}

// twenty runs tasks that print the fixture's own secret, until they stop.
func twenty(t *testing.T, fx *ecsfixture.Fixture, name string) (arns []string) {
	fx.Secrets.Put(name, "value of "+name)
	secret := fx.Secrets.Put("shared-name", "I am "+name)
	td := register(t, fx, sh(t, "app", `echo "$WHO"`, withSecret("WHO", secret)))
	for range 2 {
		out, err := fx.ECS.RunTask(context.Background(), &ecs.RunTaskInput{TaskDefinition: aws.String(td), Count: aws.Int32(10)})
		if !assert.NoError(t, err) {
			return nil
		}
		for _, task := range out.Tasks {
			arns = append(arns, *task.TaskArn)
		}
	}
	for _, arn := range arns {
		_, err := fx.AwaitTask(context.Background(), arn, func(task types.Task) bool { return *task.LastStatus == "STOPPED" })
		assert.NoError(t, err)
	}
	return arns
}

func seesOnly(t *testing.T, fx *ecsfixture.Fixture, name string, arns []string) {
	t.Helper()
	list, err := fx.ECS.ListTasks(t.Context(), &ecs.ListTasksInput{DesiredStatus: types.DesiredStatusStopped})
	require.NoError(t, err)
	assert.ElementsMatch(t, arns, list.TaskArns)
	lines := fx.Logs.Lines()
	assert.Len(t, lines, len(arns))
	for _, l := range lines {
		assert.Equal(t, "I am "+name, l.Text)
	}
	for _, arn := range arns {
		assert.True(t, fx.AssertExitCode(t, arn, "app", 0))
	}
}

func notKnown(t *testing.T, fx *ecsfixture.Fixture, secret, arn string) {
	t.Helper()
	out, err := fx.ECS.DescribeTasks(t.Context(), &ecs.DescribeTasksInput{Tasks: []string{arn}})
	require.NoError(t, err)
	require.Len(t, out.Failures, 1)
	assert.Equal(t, "MISSING", *out.Failures[0].Reason)
	_, err = fx.SecretsManager.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: aws.String(secret)})
	var missing *smtypes.ResourceNotFoundException
	assert.ErrorAs(t, err, &missing)
	assert.Contains(t, fx.Story(arn), "not known", fmt.Sprintf("the story of %s", arn))
}

func withSecret(name, valueFrom string) func(*types.ContainerDefinition) {
	return func(d *types.ContainerDefinition) {
		d.Secrets = append(d.Secrets, types.Secret{Name: aws.String(name), ValueFrom: aws.String(valueFrom)})
	}
}
