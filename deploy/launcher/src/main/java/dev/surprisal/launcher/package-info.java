/** What all commands do alike: how they fail, report progress, and write files. */
package dev.surprisal.launcher;
