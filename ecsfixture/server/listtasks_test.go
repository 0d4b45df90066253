package server_test

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPagesOfTasksThatAreStopped(t *testing.T) {
	inWorld(t, func(w *world) {
		td := w.register(types.NetworkModeBridge, container("app"))
		_, err := w.RunTask(w.Context(), &ecs.RunTaskInput{TaskDefinition: &td, Count: aws.Int32(7)})
		require.NoError(w, err)
		pages := ecs.NewListTasksPaginator(lister{w}, &ecs.ListTasksInput{MaxResults: aws.Int32(2)})
		stopped := 0
		for pages.HasMorePages() {
			out, err := pages.NextPage(w.Context())
			require.NoError(w, err)
			for _, arn := range out.TaskArns {
				w.stop(arn, "clean-up")
				stopped++
			}
		}
		assert.Equal(w, 7, stopped)
	})
}

func (l lister) ListTasks(ctx context.Context, in *ecs.ListTasksInput, _ ...func(*ecs.Options)) (*ecs.ListTasksOutput, error) {
	return l.world.ListTasks(ctx, in)
}
