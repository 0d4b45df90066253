package docker

import (
	"context"
	"strings"
	"sync/atomic"
	"time"

	dockerspec "github.com/moby/docker-image-spec/specs-go/v1"
	"github.com/moby/moby/api/types/image"
	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"
)

// reaperPull bounds the wait for the image of testcontainers' reaper.
const reaperPull = 20 * time.Second

// reaperName is the image of the reaper without the prefix of a mirror.
//
//lint:ignore SA1019 there is no other place that tells it
var reaperName = testcontainers.ReaperDefaultImage

// noReaper is set once the reaper turned out not to be available to this
// process. What a killed process leaves is then removed by the next sweep.
var noReaper atomic.Bool

// reaperReady reports whether testcontainers can create a container. Unless
// told not to it starts its reaper first, and tries for minutes to pull it.
func (e *engine) reaperReady(ctx context.Context) bool {
	if testcontainers.ReadConfig().RyukDisabled {
		return true
	}
	if noReaper.Load() {
		return false
	}
	_, err := e.reaper.do(ctx, "", func(ctx context.Context) (struct{}, error) {
		return struct{}{}, e.fetchReaper(ctx)
	})
	if err != nil {
		e.giveUpReaper(err)
	}
	return err == nil
}

func (e *engine) giveUpReaper(err error) {
	if !noReaper.Swap(true) {
		e.log.Warn("testcontainers' reaper is not available; what a killed process leaves is removed when the next one starts", "reason", err)
	}
}

func (e *engine) fetchReaper(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, reaperPull)
	defer cancel()
	name := reaperImage()
	if _, err := e.client.ImageInspect(ctx, name); err == nil {
		return nil
	}
	res, err := e.client.ImagePull(ctx, name, client.ImagePullOptions{})
	if err != nil {
		return err
	}
	return res.Wait(ctx)
}

func reaperImage() string {
	prefix := strings.TrimSuffix(testcontainers.ReadConfig().Config.HubImageNamePrefix, "/")
	return strings.TrimPrefix(prefix+"/"+reaperName, "/")
}

// trusting is a client for testcontainers that takes images to be there.
// [Runtime.Pull] has seen to that, under a policy of its own; an image that
// is gone since is reported by the engine.
type trusting struct{ client.APIClient }

func (c trusting) ImageInspect(ctx context.Context, name string, opts ...client.ImageInspectOption) (client.ImageInspectResult, error) {
	if strings.Contains(name, reaperName) {
		return c.APIClient.ImageInspect(ctx, name, opts...)
	}
	return client.ImageInspectResult{InspectResponse: image.InspectResponse{Config: &dockerspec.DockerOCIImageConfig{}}}, nil
}
