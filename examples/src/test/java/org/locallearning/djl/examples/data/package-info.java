/** Tests of the data sets. */
package org.locallearning.djl.examples.data;
