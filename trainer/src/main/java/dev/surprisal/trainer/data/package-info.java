/** Files of records: CSV and JSON lines, plain or gzip, as encoded rows. */
package dev.surprisal.trainer.data;
