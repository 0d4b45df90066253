package server_test

import (
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestADefinitionOfAServiceStays(t *testing.T) {
	inWorld(t, func(w *world) {
		td := w.release("web")
		w.serve(td, 0)
		_, err := w.DeregisterTaskDefinition(w.Context(), &ecs.DeregisterTaskDefinitionInput{TaskDefinition: &td})
		require.NoError(w, err)
		_, err = w.DeleteTaskDefinitions(w.Context(), &ecs.DeleteTaskDefinitionsInput{TaskDefinitions: []string{td}})
		require.NoError(w, err)
		out, err := w.DescribeTaskDefinition(w.Context(), &ecs.DescribeTaskDefinitionInput{TaskDefinition: &td})
		require.NoError(w, err, "the service may be scaled up")
		assert.Equal(w, types.TaskDefinitionStatusDeleteInProgress, out.TaskDefinition.Status)

		_, err = w.DeleteService(w.Context(), &ecs.DeleteServiceInput{Service: aws.String("web"), Force: aws.Bool(true)})
		require.NoError(w, err)
		synctest.Wait()
		_, err = w.DescribeTaskDefinition(w.Context(), &ecs.DescribeTaskDefinitionInput{TaskDefinition: &td})
		assert.EqualError(w, err, "ClientException: Unable to describe task definition.")
	})
}
