package docker

import (
	"context"
	"sync/atomic"
)

// used is set when a runtime was made in this process.
var used atomic.Bool

// Left names the containers, networks and volumes of this process that are in
// the engine now. It asks nobody if the process has made no [Runtime].
func Left(ctx context.Context) ([]string, error) {
	if !used.Load() {
		return nil, nil
	}
	eng, err := connect(ctx)
	if err != nil {
		return nil, err
	}
	defer eng.close()
	all, err := eng.find(ctx, labelled(LabelOwner+"="+self().String()))
	return namesOf(all), err
}

func namesOf(all []found) (names []string) {
	for _, f := range all {
		names = append(names, f.String())
	}
	return names
}
