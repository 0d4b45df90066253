package ecsfixture_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
)

// The tests of leaks are not parallel: others' fixtures would count as such.

func TestVerifyNoLeaksPassesAClosedFixture(t *testing.T) {
	test := pretend(t, func(t testing.TB) {
		ecsfixture.VerifyNoLeaks(t)
		fx := ecsfixture.Start(t)
		fx.WaitTaskRunning(t, run(t, fx, register(t, fx, sh(t, "app", forever))))
	})
	assert.Empty(t, test.failures)
}

func TestVerifyNoLeaksTellsWhatIsLeft(t *testing.T) {
	var fx *ecsfixture.Fixture
	test := pretend(t, func(t testing.TB) {
		ecsfixture.VerifyNoLeaks(t)
		var err error
		fx, err = ecsfixture.New(context.Background())
		require.NoError(t, err)
		fx.WaitTaskRunning(t, run(t, fx, register(t, fx, sh(t, "app", forever))))
	})
	require.NoError(t, fx.Close(t.Context()))
	told := strings.Join(test.failures, "\n")
	assert.True(t, strings.HasPrefix(told, "ecsfixture: a fixture of New is not closed"), told)
	assert.Contains(t, told, "\ncontainer ecs-")
	assert.Contains(t, told, "\ngoroutine ")
	assert.Contains(t, told, "server.(*runner)")
}
