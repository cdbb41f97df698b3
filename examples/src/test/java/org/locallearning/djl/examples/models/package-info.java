/** Tests of the models. */
package org.locallearning.djl.examples.models;
