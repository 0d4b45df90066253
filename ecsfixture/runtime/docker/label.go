package docker

import (
	"maps"

	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"
)

// The labels of all that a runtime makes in the engine.
const (
	// LabelSession holds the session of the runtime.
	LabelSession = "ecsfixture.session"
	// LabelOwner holds the process that made it; see [Sweep].
	LabelOwner = "ecsfixture.owner"
	// LabelTask holds the task's ID.
	LabelTask = "ecsfixture.task"
)

// sessionLabels are the labels of a runtime, with those that let
// testcontainers' reaper find what a killed process left.
func sessionLabels(session string) map[string]string {
	labels := testcontainers.GenericLabels()
	labels[LabelSession] = session
	labels[LabelOwner] = self().String()
	return labels
}

// merged overlays label sets, the last one wins.
func merged(sets ...map[string]string) map[string]string {
	all := map[string]string{}
	for _, set := range sets {
		maps.Copy(all, set)
	}
	return all
}

func labelled(label string) client.Filters {
	return make(client.Filters).Add("label", label)
}
