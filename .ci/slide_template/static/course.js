const SMALLEST = 0.7; // of the usual size; what needs less than that can be scrolled

// Make the text and the pictures of a slide smaller, until all of it can be seen.
function fit(slide) {
  let size = 1;
  slide.style.fontSize = "";
  while (slide.scrollHeight > slide.clientHeight + 1 && size > SMALLEST) {
    size -= 0.05;
    slide.style.fontSize = `${size}em`;
  }
}

Reveal.on("ready", (event) => fit(event.currentSlide));
Reveal.on("slidechanged", (event) => fit(event.currentSlide));
Reveal.on("fragmentshown", () => fit(Reveal.getCurrentSlide()));
Reveal.initialize({
  width: 1280,
  height: 720,
  margin: 0.03,
  center: false,
  hash: true, // the address bar keeps the slide, so that it survives a reload
  slideNumber: "c/t",
  transition: "none",
});
