/** The offline half: files of records in, calibrated ONNX models out. */
package dev.surprisal.trainer;
