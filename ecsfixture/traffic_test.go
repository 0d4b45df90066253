package ecsfixture_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/targetgroup"
)

// releaseWeb registers a release of the real service in testdata/web.
func releaseWeb(t *testing.T, fx *ecsfixture.Fixture, mode types.NetworkMode, release string) string {
	t.Helper()
	out, err := fx.ECS.RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{
		Family: aws.String("web"), NetworkMode: mode,
		ContainerDefinitions: []types.ContainerDefinition{{
			Name: aws.String("app"), Memory: aws.Int32(64),
			Image:        aws.String(ecsfixture.BuildGoImage(t, "testdata/web", "ecsfixture-test-web:latest")),
			PortMappings: []types.PortMapping{{ContainerPort: aws.Int32(8080)}},
			Environment:  []types.KeyValuePair{{Name: aws.String("RELEASE"), Value: aws.String(release)}},
		}},
	})
	require.NoError(t, err)
	return *out.TaskDefinition.TaskDefinitionArn
}

// startWeb starts the service behind a target group, with traffic.
func startWeb(t *testing.T, mode types.NetworkMode) (*ecsfixture.Fixture, string, *traffic) {
	t.Helper()
	fx := ecsfixture.Start(t)
	web := fx.TargetGroup("web", targetgroup.Path("/health"), targetgroup.Interval(200*time.Millisecond))
	arn := behind(t, fx, web.ARN, releaseWeb(t, fx, mode, "v1"), func(in *ecs.CreateServiceInput) {
		in.LoadBalancers[0].ContainerPort = aws.Int32(8080)
		if mode == types.NetworkModeAwsvpc {
			inVPC(in)
		}
	})
	fx.WaitServiceStable(t, arn)
	return fx, arn, drive(t, &http.Client{Transport: &http.Transport{}, Timeout: 10 * time.Second}, web.URL(), 2*time.Millisecond)
}

// TestARollingUpdateLosesNoRequest replaces real containers under steady
// traffic.
func TestARollingUpdateLosesNoRequest(t *testing.T) {
	for _, mode := range []types.NetworkMode{types.NetworkModeBridge, types.NetworkModeAwsvpc} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			fx, arn, tr := startWeb(t, mode)
			ship(t, fx, releaseWeb(t, fx, mode, "v2"))
			sv := fx.WaitServiceStable(t, arn)
			assert.Equal(t, int32(2), sv.RunningCount)
			counts := tr.answers(t, "v1", "v2")
			t.Log("requests by release:", counts)
			assert.Positive(t, counts["v1"])
			assert.Positive(t, counts["v2"])
		})
	}
}

// TestABrokenReleaseLosesNoRequest ships releases that don't work, which the
// circuit breaker rolls back.
func TestABrokenReleaseLosesNoRequest(t *testing.T) {
	for _, release := range []string{"crashes", "sick"} {
		t.Run(release, func(t *testing.T) {
			t.Parallel()
			fx, arn, tr := startWeb(t, types.NetworkModeBridge)
			ship(t, fx, releaseWeb(t, fx, types.NetworkModeBridge, release))
			sv := fx.WaitServiceStable(t, arn)
			assert.Contains(t, *sv.TaskDefinition, "task-definition/web:1")
			assert.Contains(t, eventsOf(sv), "rolling back to deployment ecs-svc/")
			counts := tr.answers(t, "v1", release)
			t.Log("requests by release:", counts)
			assert.Positive(t, counts["v1"])
			assert.Zero(t, counts[release], "nobody sees it")
		})
	}
}
