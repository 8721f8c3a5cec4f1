/** Measurements that anyone can repeat: quality of detection and speed, beside other methods. */
package dev.surprisal.bench;
