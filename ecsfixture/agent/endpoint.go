package agent

import (
	"net/http"
	"strings"
)

// endpointPath is where AWS_ENDPOINT_URL points, with a task's id. The id
// keeps others who reach the listener from running containers.
const endpointPath = "/endpoint/"

// api passes a call of an AWS service on.
func (a *Agent) api(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	a.mu.RLock()
	t, ok := a.endpoints[id]
	a.mu.RUnlock()
	if !ok || a.cfg.API == nil || a.isStranger(r, t) {
		reply(w, http.StatusForbidden, msgEndpoint)
		return
	}
	in := r.Clone(r.Context())
	in.URL.Path = "/" + strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, endpointPath+id), "/")
	in.URL.RawPath = ""
	a.cfg.API.ServeHTTP(w, in)
}
