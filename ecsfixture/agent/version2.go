package agent

import (
	"fmt"
	"net/http"
)

// routeV2 routes version 2, which knows a task by its address and so is for
// awsvpc alone.
//
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v2.html
func (a *Agent) routeV2() {
	a.mux.HandleFunc("GET /v2/metadata", a.ofAddress(a.task))
	a.mux.HandleFunc("GET /v2/metadata/{$}", a.ofAddress(a.task))
	a.mux.HandleFunc("GET /v2/metadata/{container}", a.ofAddress(a.containerByID))
	a.mux.HandleFunc("GET /v2/metadataWithTags", a.ofAddress(a.taskWithTags))
	a.mux.HandleFunc("GET /v2/stats", a.ofAddress(a.taskStats))
	a.mux.HandleFunc("GET /v2/stats/{$}", a.ofAddress(a.taskStats))
	a.mux.HandleFunc("GET /v2/stats/{container}", a.ofAddress(a.statsByID))
}

// ofAddress finds the task that a request comes from.
func (a *Agent) ofAddress(serve func(http.ResponseWriter, *http.Request, query)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for _, t := range a.allTasks() {
			if own := t.address(); own != "" && own == senderOf(r).String() {
				serve(w, r, query{version: v2, task: t, state: t.State()})
				return
			}
		}
		reply(w, http.StatusNotFound, fmt.Sprintf(msgNoTask, r.RemoteAddr))
	}
}

func (a *Agent) allTasks() (all []*task) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	for _, t := range a.tasks {
		all = append(all, t)
	}
	return all
}

func (a *Agent) containerByID(w http.ResponseWriter, r *http.Request, q query) {
	if q.from = q.byID(r.PathValue("container")); q.from == nil {
		reply(w, http.StatusNotFound, fmt.Sprintf(msgNoContainer, r.PathValue("container")))
		return
	}
	a.container(w, r, q)
}

func (a *Agent) statsByID(w http.ResponseWriter, r *http.Request, q query) {
	if q.from = q.byID(r.PathValue("container")); q.from == nil {
		reply(w, http.StatusNotFound, fmt.Sprintf(msgNoContainer, r.PathValue("container")))
		return
	}
	a.stats(w, r, q)
}

// byID returns the task's container of an engine's id, nil if there is none.
func (q query) byID(id string) *container {
	for _, c := range q.task.containers {
		if run := q.state.Containers[c.name].Container; run != nil && run.ID() == id {
			return c
		}
	}
	return nil
}
