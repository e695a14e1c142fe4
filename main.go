// Idpsnap backs up, audits and migrates the identity providers of Cloudflare
// Access. Everything it does is in package commands.
package main

import (
	"context"
	"os"

	"github.com/idpsnap/idpsnap/commands"
)

func main() {
	ctx, stop := commands.Signals(context.Background())
	status := commands.Main(ctx, commands.System(), os.Args[1:])
	stop()
	os.Exit(status)
}
