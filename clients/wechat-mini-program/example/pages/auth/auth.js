const numgate = require('../../numgate.js');

Page({
  data: { url: '' },

  onLoad(query) { this.setData({ url: decodeURIComponent(query.url) }); },

  receive(event) { numgate.message(event); },

  // The user can also leave the page with the back button.
  onUnload() { numgate.closed(); },
});
