package ecsfixture_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
)

// TestThrottledRunTaskIsRetried throttles the second RunTask: the SDK repeats
// it and the caller doesn't notice.
func TestThrottledRunTaskIsRetried(t *testing.T) {
	t.Parallel()
	fx := startSimulated(t)
	var calls atomic.Int32
	fx.Intercept(func(_ context.Context, c ecsfixture.Call) error {
		if _, ok := c.Input.(*ecs.RunTaskInput); ok {
			assert.Equal(t, "ecs", c.Service)
			calls.Add(1)
		}
		return nil
	})
	fx.Intercept(ecsfixture.Throttle("RunTask", 2))
	td := registerImage(t, fx, "idle")
	run(t, fx, td)
	assert.EqualValues(t, 1, calls.Load())
	run(t, fx, td)
	assert.EqualValues(t, 3, calls.Load(), "the second was repeated")
	list, err := fx.ECS.ListTasks(t.Context(), &ecs.ListTasksInput{})
	require.NoError(t, err)
	assert.Len(t, list.TaskArns, 2)
}

func TestFailIsTyped(t *testing.T) {
	t.Parallel()
	fx := startSimulated(t)
	remove := fx.Intercept(ecsfixture.Fail("ListTasks", 1, &types.ClusterNotFoundException{Message: aws.String("no such place")}))
	_, err := fx.ECS.ListTasks(t.Context(), &ecs.ListTasksInput{})
	var typed *types.ClusterNotFoundException
	require.ErrorAs(t, err, &typed)
	assert.Equal(t, "no such place", *typed.Message)
	_, err = fx.ECS.ListTasks(t.Context(), &ecs.ListTasksInput{})
	require.NoError(t, err, "the first only")
	remove()

	remove = fx.Intercept(func(context.Context, ecsfixture.Call) error {
		return &smithy.GenericAPIError{Code: "AccessDeniedException", Message: "no", Fault: smithy.FaultClient}
	})
	_, err = fx.ECS.ListClusters(t.Context(), &ecs.ListClustersInput{})
	var api smithy.APIError
	require.True(t, errors.As(err, &api))
	assert.Equal(t, "AccessDeniedException", api.ErrorCode())
	remove()
	_, err = fx.ECS.ListClusters(t.Context(), &ecs.ListClustersInput{})
	assert.NoError(t, err)
}

func TestDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fx := startSimulated(t)
		fx.Intercept(ecsfixture.Delay("DescribeClusters", time.Minute))
		began := time.Now()
		_, err := fx.ECS.ListClusters(t.Context(), &ecs.ListClustersInput{})
		require.NoError(t, err)
		assert.Zero(t, time.Since(began))
		_, err = fx.ECS.DescribeClusters(t.Context(), &ecs.DescribeClustersInput{})
		require.NoError(t, err)
		assert.Equal(t, time.Minute, time.Since(began))

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err = fx.ECS.DescribeClusters(ctx, &ecs.DescribeClustersInput{})
		assert.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, time.Minute+time.Second, time.Since(began))
	})
}
