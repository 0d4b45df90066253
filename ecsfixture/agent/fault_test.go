package agent_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestFaultsAreNotInjected, which the agent says in its own words.
func TestFaultsAreNotInjected(t *testing.T) {
	a, env := registered(t)
	for path, want := range map[string]struct {
		status int
		text   string
	}{
		"/fault/v1/network-latency/start": {http.StatusBadRequest, `{"Error":"enableFaultInjection is not enabled for task: ` + taskARN + `"}`},
		"/fault/v1/earthquake/start":      {http.StatusNotFound, `{"Error":"unknown fault or action: earthquake/start"}`},
	} {
		r := httptest.NewRequest(http.MethodPost, env["ECS_AGENT_URI"]+path, strings.NewReader(`{"DelayMilliseconds":10}`))
		r.RemoteAddr = "10.0.1.7:4711"
		w := httptest.NewRecorder()
		a.ServeHTTP(w, r)
		assert.Equal(t, want.status, w.Code, path)
		assert.JSONEq(t, want.text, w.Body.String(), path)
	}
}
