/** Tests of layers without shared weights. */
package org.locallearning.djl.creditassignment.convolutional;
